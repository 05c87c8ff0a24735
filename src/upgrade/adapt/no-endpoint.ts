/**
 * An address that nothing can ever answer at (RFC 2606 reserves `.invalid`). It stands where a release knows no client for
 * a provider: with any other address the server would send its texts, and a key, to a company that they are not meant for.
 */
export const noEndpoint = 'https://provider-unknown-to-this-release.invalid/v1';
