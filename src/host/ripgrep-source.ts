// What `#ripgrep` stands for when the program runs from source: the binary of this platform's
// package in node_modules. In the executable build.ts puts the embedded binary of the target in
// this file's place, so that no other platform's binary is carried along.

/** Absolute path of rg, or undefined where the package for this platform is not installed. */
const path: string | undefined = resolveBinary();

export default path;

function resolveBinary(): string | undefined {
  const name = process.platform === "win32" ? "rg.exe" : "rg";
  const binary = `@vscode/ripgrep-${process.platform}-${process.arch}/bin/${name}`;
  try {
    return Bun.resolveSync(binary, import.meta.dir);
  } catch {
    // The packages are optional dependencies: none exists for some platforms.
    return undefined;
  }
}
