// Tables for people: columns padded with spaces, the last one as it is.

/** Lines without a frame; the first row is the head. Cells are plain text. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const missing = (widths[column] ?? 0) - Bun.stringWidth(cell);
        return column === row.length - 1 ? cell : cell + " ".repeat(missing);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** "2026-01-31 09:05", in local time. */
export function formatTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
