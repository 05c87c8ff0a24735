import { LifeboatError } from '../../report/errors.ts';
import type { Reporter } from '../../report/progress.ts';
import { Confinement } from './confinement.ts';
import type { ConfinementTask } from './confinement-messages.ts';
import { type Way, ways } from './ways.ts';

/**
 * The first confinement that this machine can make. A weaker one is warned of, with what stood in the way of the better.
 * @throws LifeboatError drill-confinement
 */
export async function openConfinement(
  task: Omit<ConfinementTask, 'how' | 'outsideNetwork'>,
  options: { reporter: Reporter; ways?: readonly Way[] },
): Promise<Confinement> {
  const reasons: string[] = [];
  for (const way of options.ways ?? ways) {
    try {
      const confinement = await Confinement.open(way, task);
      if (way.how === 'proxy') {
        const why = reasons.length > 0 ? ` No network namespace can be made here: ${reasons.join('; ')}` : '';
        options.reporter.warning({ code: 'server-network-weaker', message: `The server ran in ${way.says}.${why}`, partial: true });
      }
      return confinement;
    } catch (error) {
      const reason = `${way.command.slice(0, 2).join(' ')}${way.command.length > 0 ? ': ' : ''}${error instanceof Error ? error.message : String(error)}`;
      if (!reasons.includes(reason)) reasons.push(reason);
    }
  }
  throw new LifeboatError('drill-confinement', { reasons });
}
