/** Made-up secrets, and what `encryptSecret` once made of them with `fixtureEncryptionKey`: encrypting is random and slow. */
export const secrets = {
  providerKey: {
    plain: 'sk-made-up-provider-key',
    sealed: 'KFs04I8bHcj/Rsyf2YtQ4QTCwLXKQNMt4UvAZLpIjIY8LvUysLC5uF47k/UmHzAPejflksLuhSFERT8EHiZjeA0CJA==',
  },
  token: { plain: 'made-up-token-🔑', sealed: 'HXTB6Ta2cNL18HwdV0WlKpIS/ZJbeKljkgLRbuYPEYy4SyTc5s1zxTPuW8E67cACIFIC1j7cO7ROCjE9aHo=' },
  headers: {
    plain: '{"X-Team": "red", "Authorization": "Bearer made-up"}',
    sealed:
      '3Pxje15+qxbAXPFv7gs7kr4kZRVexrjJIPxCE+DlsAfTZ2R0oaAjIzk88dckS4ZAh2OJUsI2826l0NQN+C94xPZ7xzOFBAtevClsIc9QoNJzrNxzWuztiHvyj7D8lX3o',
  },
  value: { plain: 'made-up-value', sealed: 'EvW1A9SvIcPBibDzU1EOxZE3dV8hzvMrNQbWoogADYiuqrY9DvywIoMqjUweOrip3p73Osb1Xasl' },
} as const;

/** Made with a key that nobody has any more. */
export const sealedWithLostKey = 'vPteILiSu/Tuv5/BLp+xRMuMxfbvy26SjSCH46jSQJlXKZRcg7dm3k3TObQ8VBy+baTARdX/Poo=';

/** Plaintext that an `_enc` column may hold, and that has the form of a ciphertext: base64 of 48 bytes. */
export const plainThatLooksSealed = 'TWFkZSB1cCwgYnV0IGl0IGxvb2tzIGxpa2UgYSBjaXBoZXJ0ZXh0ISBOb3QgYXQgYWxsLiEh';
