import type { RevisionStep } from './revision-step.ts';
import { step as step010 } from './revisions/010-3c683a662c82.ts';
import { step as step012 } from './revisions/012-95badb46fdf9.ts';
import { step as step014 } from './revisions/014-a91994b9752f.ts';
import { step as step015 } from './revisions/015-c5d964280dff.ts';
import { step as step016 } from './revisions/016-d05669b60ebe.ts';
import { step as step018 } from './revisions/018-54dec07619c4.ts';
import { step as step023 } from './revisions/023-e20573fe9b86.ts';
import { step as step027 } from './revisions/027-88f9432739a9.ts';
import { step as step032 } from './revisions/032-416b9d2db10b.ts';
import { step as step033 } from './revisions/033-f895232c144a.ts';
import { step as step037 } from './revisions/037-7980d239ea08.ts';
import { step as step040 } from './revisions/040-549eff097c71.ts';
import { step as step050 } from './revisions/050-bdddd421ec41.ts';
import { step as step051 } from './revisions/051-a66510f83fc2.ts';
import { step as step054 } from './revisions/054-e991d2e3b428.ts';
import { step as step060 } from './revisions/060-7b189006c97d.ts';
import { step as step064 } from './revisions/064-373dabcba6cf.ts';
import { step as step066 } from './revisions/066-878607e41ca4.ts';
import { step as step069 } from './revisions/069-220856bbf43b.ts';
import { step as step078 } from './revisions/078-cdd4a1c11aee.ts';
import { step as step079 } from './revisions/079-9792f94e961d.ts';
import { step as step080 } from './revisions/080-c96263433aef.ts';
import { step as step090 } from './revisions/090-46699adc71a7.ts';
import { step as step091 } from './revisions/091-60ed28ee7138.ts';
import { step as step094 } from './revisions/094-495f3f474131.ts';
import { step as step104 } from './revisions/104-15b577c62f3f.ts';
import { step as step105 } from './revisions/105-74e860718e0d.ts';
import { step as step112 } from './revisions/112-887a4367b560.ts';
import { step as step113 } from './revisions/113-068588268b02.ts';
import { step as step120 } from './revisions/120-b888f21b151f.ts';
import { step as step122 } from './revisions/122-5d27a719b24d.ts';
import { step as step129 } from './revisions/129-567e9fe06270.ts';
import { step as step135 } from './revisions/135-c734cfc0d595.ts';
import { step as step141 } from './revisions/141-f6cd5a1e519d.ts';
import { step as step145 } from './revisions/145-2dbb2cf49e07.ts';
import { step as step153 } from './revisions/153-27de0f58e076.ts';
import { step as step159 } from './revisions/159-297e8217e952.ts';
import { step as step165 } from './revisions/165-9fa274fb0b83.ts';

/** The revisions that move data, in the order of the chain. */
export const revisionSteps: readonly RevisionStep[] = [
  step010,
  step012,
  step014,
  step015,
  step016,
  step018,
  step023,
  step027,
  step032,
  step033,
  step037,
  step040,
  step050,
  step051,
  step054,
  step060,
  step064,
  step066,
  step069,
  step078,
  step079,
  step080,
  step090,
  step091,
  step094,
  step104,
  step105,
  step112,
  step113,
  step120,
  step122,
  step129,
  step135,
  step141,
  step145,
  step153,
  step159,
  step165,
];
