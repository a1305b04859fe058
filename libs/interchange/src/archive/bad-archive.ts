/** What keeps an archive from being read to its end. The message names no content. */
export class BadArchive extends Error {}
