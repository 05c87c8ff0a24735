import { alterColumn, type ColumnAlteration } from '../alterations.ts';
import type { Built } from '../built.ts';
import type { Loss, LossClass } from '../loss.ts';
import { hasColumn } from '../touched.ts';

export interface Change extends ColumnAlteration {
  class: LossClass;
  reason: string;
  wayBack?: string;
}

/** Alters a column's refused values and says so. Nothing where the target has no such column, or no row fulfils the condition. */
export async function change(built: Built, { class: kind, reason, wayBack, ...alteration }: Change): Promise<Loss[]> {
  const { table, column } = alteration;
  if (!hasColumn(built, table, column)) return [];
  const touched = await alterColumn(built, alteration);
  if (touched.rows === 0) return [];
  return [{ class: kind, table, column, ...touched, reason, ...(wayBack === undefined ? {} : { wayBack }) }];
}
