import { seededRandom } from '../../../tests/rows/random-tuples.ts';

const syllables = 'an be con da e fo gra hi in jo ka li ment no or pla qui re ser tion un ver wa xi yo ze'.split(' ');

/**
 * Text of made-up words whose frequencies fall as those of a language do. Plain ASCII without quotes or backslashes, so
 * that any piece of it can stand in JSON.
 */
export function madeUpText(seed: number, length: number): string {
  const random = seededRandom(seed);
  const words = Array.from({ length: 6000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3.2) }, () => syllables[Math.floor(random() * syllables.length)]).join(''),
  );
  const parts: string[] = [];
  for (let at = 0, sentence = 0; at < length; sentence++) {
    // Squared twice: a few words are most of the text, as in any language.
    const word = words[Math.floor(random() ** 4 * words.length)] ?? '';
    const part = sentence % 13 === 12 ? `${word}. ` : `${word} `;
    parts.push(part);
    at += part.length;
  }
  return parts.join('').slice(0, length);
}

/**
 * An embedding in pgvector's text form: `used` numbers as precise as a model gives them (the stand-in that made the
 * fixtures rounds its numbers to four digits), and zeros up to `dimensions`.
 */
export function madeUpVector(random: () => number, used: number, dimensions: number): string {
  const numbers = Array.from({ length: dimensions }, (_, index) =>
    index < used ? ((random() + random() + random() - 1.5) * 0.04).toFixed(9) : '0',
  );
  return `[${numbers.join(',')}]`;
}
