const longestBody = 16_384;

const cut = (text: string): { body: string; truncated: boolean } =>
  text.length > longestBody
    ? { body: text.slice(0, longestBody), truncated: true }
    : { body: text, truncated: false };

/** The beginning of an answer's body; what is longer is not even received. */
export const beginningOf = async (response: Response): Promise<{ body: string; truncated: boolean }> => {
  if (!response.body) return { body: '', truncated: false };
  const decoder = new TextDecoder();
  let text = '';
  // Leaving the loop early closes the connection.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > longestBody) break;
  }
  return cut(text);
};

/** An answer may repeat what it was sent. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
