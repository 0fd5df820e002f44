// An embedded file is imported as the path at which it can be read.
declare module "*.bin" {
  const path: string;
  export default path;
}
