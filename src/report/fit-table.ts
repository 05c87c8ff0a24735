import type { TableRow, TableView } from './output.ts';

type Columns = TableView['columns'];

export interface FittedTable {
  columns: Columns;
  rows: readonly TableRow[];
  /** Per column: characters to wrap at; null = as wide as it is. */
  widths: (number | null)[];
  /** Titles of the columns for which there was no room. */
  leftOut: string[];
}

/** Characters below which wrapping makes a column unreadable: a terminal that is narrower does not know its width. */
const narrowest = 20;
/** Where even that is too much: a date, the shorter of the words. */
const last = 10;
/** Characters that a column gets, if it needs them, before another one that can be spared is shown: rows are one line then. */
const comfortable = 24;

/**
 * A table as it fits into `width` characters: first cells get their short form, then the columns go that can be spared,
 * then the widest columns are wrapped. Pure. @param gap characters between two columns
 */
export function fitTable(columns: Columns, rows: readonly TableRow[], { width, gap }: { width: number; gap: number }): FittedTable {
  const room = width < narrowest ? Number.POSITIVE_INFINITY : width;
  const full = { columns, rows };
  if (tooWide(full, columns.map(naturalOf(full)), room, gap) <= 0) return { ...full, widths: columns.map(() => null), leftOut: [] };
  let table = shortened(full);
  const leftOut: string[] = [];
  for (const title of spared(columns)) {
    const least = table.columns.map((column, index) => leastOf(column, naturalOf(table)(column, index)));
    if (tooWide(table, least, room, gap) <= 0) break;
    leftOut.push(title);
    table = without(table, title);
  }
  return { ...table, widths: wrapped(table, room, gap), leftOut };
}

type Cells = Pick<FittedTable, 'columns' | 'rows'>;

const naturalOf =
  ({ rows }: Cells) =>
  ({ title }: Columns[number], index: number): number =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0));

const leastOf = ({ whole }: Columns[number], natural: number): number => (whole ? natural : Math.min(natural, comfortable));

function tooWide({ columns }: Cells, widths: readonly number[], room: number, gap: number): number {
  return widths.reduce((sum, width) => sum + width, gap * (columns.length - 1)) - room;
}

function shortened({ columns, rows }: Cells): Cells {
  return {
    columns: columns.map((column) => (column.short ? { ...column, title: column.short.title } : column)),
    rows: rows.map((row) => ({ ...row, cells: row.cells.map((cell, index) => columns[index]?.short?.cell(cell) ?? cell) })),
  };
}

/** Titles of what can be left out, in the order in which it is. */
function spared(columns: Columns): string[] {
  const can = columns.flatMap(({ title, spare }) => (spare === undefined ? [] : [{ title, spare }]));
  return can.toSorted((a, b) => a.spare - b.spare).map(({ title }) => title);
}

function without({ columns, rows }: Cells, title: string): Cells {
  const stays = (_: unknown, index: number) => columns[index]?.title !== title;
  return { columns: columns.filter(stays), rows: rows.map((row) => ({ ...row, cells: row.cells.filter(stays) })) };
}

/** The widest column first. */
function wrapped(table: Cells, room: number, gap: number): (number | null)[] {
  const natural = table.columns.map(naturalOf(table));
  const widths = [...natural];
  for (const floor of [narrowest, last]) {
    const breakable = [...widths.entries()].filter(([index, width]) => table.columns[index]?.whole !== true && width > floor);
    for (const [index, width] of breakable.toSorted(([, a], [, b]) => b - a)) {
      const excess = tooWide(table, widths, room, gap);
      if (excess > 0) widths[index] = Math.max(floor, width - excess);
    }
  }
  return widths.map((width, index) => (width === natural[index] ? null : width));
}
