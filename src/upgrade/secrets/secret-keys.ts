/** What LETTA_ENCRYPTION_KEY is and shall be. Never printed, never stored. */
export interface SecretKeys {
  /** The key of the server that wrote the snapshot; without `rekey` also of the one that will read the result. null: none was given. */
  encryptionKey: string | null;
  /** The built database's secrets are to be read with this key instead. */
  rekeyTo: string | null;
}
