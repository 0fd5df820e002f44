// Media types: which attached files are text, which the model reads as text beside them.

export const DIRECTORY = "application/x-directory";

const TEXT_TYPES = /^(text\/|application\/([\w.-]+\+)?(json|xml|yaml|toml|javascript|sql)\b)/i;

/** Whether files of this type are read as text; images in XML (SVG) are images. */
export function isTextType(mime: string): boolean {
  return mime === DIRECTORY || TEXT_TYPES.test(mime);
}
