import type { Revision } from '../../letta/catalogue.ts';
import { refusedToolShapes, toolRepairs } from '../../letta/refused/tools.ts';
import { servingRelease } from '../../letta/serving-release.ts';
import { alterColumn } from '../alterations.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { hasColumn } from '../touched.ts';
import type { SetAsideRule } from './rule.ts';
import { setAsideTools } from './tool-rows.ts';

/**
 * Tools that a listing would delete (`src/letta/refused/tools.ts`). Where one harmless value is the reason, it is
 * repaired and the tool stays; otherwise the tool is set aside.
 */
export const malformedToolsRule: SetAsideRule = {
  name: 'malformed-tools',
  applies: (_to: Revision) => true,
  async run(built: Built): Promise<Loss[]> {
    const release = servingRelease(built.to);
    const losses: Loss[] = [];
    for (const { reason, ...repair } of toolRepairs(release)) {
      if (!hasColumn(built, 'tools', repair.column)) continue;
      const touched = await alterColumn(built, { table: 'tools', ...repair });
      if (touched.rows > 0) losses.push({ class: 'derived', table: 'tools', column: repair.column, ...touched, reason });
    }
    for (const { where, what } of refusedToolShapes(release, (column) => hasColumn(built, 'tools', column)))
      losses.push(...(await setAsideTools(built, where, `a tool whose ${what} cannot be read by Letta ${release}, which would delete it`)));
    return losses;
  },
};
