import type { PopulateOptions } from './populate.ts';

/** Pairs by their places in the chain that every `npm test` tries: each data-moving revision is crossed, upwards and downwards. */
export const samplePairs: readonly (readonly [number, number])[] = [
  [9, 10],
  [9, 167],
  [15, 18],
  [39, 50],
  [57, 109],
  [77, 117],
  [104, 107],
  [109, 153],
  [109, 167],
  [117, 141],
  [153, 167],
  [153, 117],
  [153, 141],
  [167, 107],
  [167, 153],
];

/** Databases that are not as Letta's migrations leave them. */
export const variations: readonly { name: string; revision: string; options: PopulateOptions; to: number }[] = [
  { name: 'made by create_all at 0.11.3', revision: '5fb8bba2c373', options: { createAll: true }, to: 167 },
  { name: 'made by create_all at 0.16.2', revision: '27de0f58e076', options: { createAll: true }, to: 167 },
  {
    name: 'made by create_all and repaired by hand at 0.16.8',
    revision: '1c28e167b74f',
    options: { createAll: true, handRepaired: true },
    to: 153,
  },
  { name: 'repaired by hand at 0.11.3', revision: '5fb8bba2c373', options: { handRepaired: true }, to: 167 },
  { name: 'stopped between 0.6.9 and 0.6.10', revision: '7778731d15e2', options: {}, to: 32 },
  { name: 'stopped one step before 0.6.10', revision: '25fc99e97839', options: {}, to: 167 },
  { name: 'wedged on the way to 0.13.0', revision: 'c6c43222e2de', options: { wedge: true }, to: 167 },
];
