import { jobsToRuns } from '../jobs-to-runs.ts';
import type { RevisionStep } from '../revision-step.ts';
import { runsToJobs } from '../runs-to-jobs.ts';

/**
 * 0.12.0 gives runs a table of their own. Upstream creates it empty, leaves the old runs in `jobs`, where no server looks
 * for them any more, and drops `job_messages`, `steps.job_id` and `step_metrics.job_id`: which message and which step
 * belonged to which run is gone (letta-server.md §0 fact 3). We move every run whose agent is known, with its id,
 * status and times, and point messages, steps and metrics at it. Servers of 0.11 link few messages themselves and all
 * steps, so a message without a link is of the run of its step.
 *
 * Downwards runs become jobs again and all their messages are linked, those included that are known by their steps only:
 * what a server of 0.11 shows as the messages of a run is those links.
 */
export const step: RevisionStep = { revision: '567e9fe06270', up: jobsToRuns, down: runsToJobs };
