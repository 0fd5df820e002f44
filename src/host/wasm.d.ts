// What `import path from "x.wasm" with { type: "file" }` gives: the path of the file, on disk or,
// in the executable, inside it.
declare module "*.wasm" {
  const path: string;
  export default path;
}
