// Where the ripgrep that comes with the program is found. Nothing else: taking it out of the
// executable to disk, and the fallback to one on PATH, are ripgrep.ts's.

/**
 * Absolute path of the rg binary that belongs to this program: in node_modules when run from
 * source, and inside the executable (a path below /$bunfs, which Bun.file reads and which cannot
 * be executed until it is copied to disk with mode 755) when compiled. Undefined where no package
 * for the platform exists.
 */
export async function ripgrepBinary(): Promise<string | undefined> {
  const { default: path } = await import("#ripgrep");
  return path;
}
