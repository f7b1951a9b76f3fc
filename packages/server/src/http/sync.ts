// /api/sync: the conversations of a device. What they say is decided in push/ and sync-read/; here they only come in and go out.
import {
  limits,
  pageAnswer,
  pageRequest,
  planAnswer,
  planRequest,
  pullAnswer,
  pullRequest,
  pushAnswer,
  reconcileAnswer,
  reconcileRequest,
  type PageRequest,
  type PullAnswer,
  type PullRequest,
  type PushAnswer,
  type ReconcileRequest,
} from '@satchel/model';
import type * as z from 'zod/mini';
import { pushEnvelope, readEnvelope } from '../push/envelope.ts';
import { push } from '../push/push.ts';
import type { Session } from '../session/sign-in.ts';
import { page } from '../sync-read/page.ts';
import { plan } from '../sync-read/plan.ts';
import { recordHeals } from '../sync-read/heals.ts';
import { pull, pullAtOnce } from '../sync-read/pull.ts';
import { reconcile } from '../sync-read/reconcile.ts';
import { readFor } from './reading.ts';
import type { Routes } from './routes.ts';
import { sessionOf } from './authenticated.ts';

const tags = ['sync'];
/** A push may exceed its limit by one mutation that is too large: that one is refused by itself, not the request. */
const pushBodyMax = limits.pushBytesMax + 2 * limits.mutationBytesMax;

export function addSync(routes: Routes): void {
  addDownload(routes);
  addPull(routes);
  addPush(routes);
}

function addDownload(routes: Routes): void {
  const { app, now } = routes;
  app.post<{ Body: { bundle: string } }>(
    '/api/sync/plan',
    {
      schema: {
        body: planRequest,
        response: { 200: planAnswer },
        tags,
        summary: 'What a first download would take',
      },
      bodyLimit: 4_096,
    },
    async (request) => {
      const session = await sessionOf(routes, request);
      const { organisation, user } = session;
      return readFor(routes, session, (database) => plan(database, organisation, user, request.body));
    },
  );
  app.post<{ Body: PageRequest }>(
    '/api/sync/page',
    {
      schema: {
        body: pageRequest,
        response: { 200: pageAnswer },
        tags,
        summary: 'One page of a first download',
      },
      bodyLimit: 4_096,
    },
    async (request, reply) => {
      const session = await sessionOf(routes, request);
      const { organisation, user } = session;
      const answer = await readFor(routes, session, (database) =>
        page(database, organisation, user, request.body, now()),
      );
      // Text is sent as it is.
      return reply.type('application/json; charset=utf-8').send(answer);
    },
  );
  app.post<{ Body: ReconcileRequest }>(
    '/api/sync/reconcile',
    {
      schema: {
        body: reconcileRequest,
        response: { 200: reconcileAnswer },
        tags,
        summary: 'Find and fetch what differs',
      },
      bodyLimit: 64 * limits.reconcileIdsMax,
    },
    async (request) => {
      const session = await sessionOf(routes, request);
      const { organisation, user } = session;
      return readFor(routes, session, (database) =>
        reconcile(database, organisation, user, request.body, now()),
      );
    },
  );
}

function addPull(routes: Routes): void {
  const { app } = routes;
  app.post<{ Body: PullRequest }>(
    '/api/sync/pull',
    {
      schema: {
        body: pullRequest,
        response: { 200: pullAnswer },
        tags,
        summary: 'What changed since the cursor',
      },
      bodyLimit: 32_768,
    },
    async (request) => pullFor(routes, await sessionOf(routes, request), request.body),
  );
}

function addPush(routes: Routes): void {
  const { app, database, now, reference, logger, meters } = routes;
  const ports = {
    database,
    now,
    reference,
    report: (problem: { reference: string; mutationId: string; cause: unknown }) =>
      logger.error(
        { reference: problem.reference, mutation: problem.mutationId, err: problem.cause },
        'outcome unknown',
      ),
  };
  app.post<{ Body: z.infer<typeof pushEnvelope> }>(
    '/api/sync/push',
    {
      schema: {
        body: pushEnvelope,
        response: { 200: pushAnswer },
        tags,
        summary: 'Mutations in order; their verdicts',
      },
      bodyLimit: pushBodyMax,
    },
    async (request): Promise<PushAnswer> => {
      const session = await sessionOf(routes, request);
      const { organisation, user, deviceId } = session;
      const envelope = readEnvelope(request.body);
      const model = organisation.modelFor(user.roles);
      const caller = { user, model, privileges: model.bundle.privileges };
      const pushed = await push(
        ports,
        { organisation, caller, deviceId },
        envelope.mutations,
        envelope.heardSeq,
      );
      for (const verdict of pushed.verdicts) meters.verdict(verdict.outcome);
      if (envelope.pull === null) return { ...pushed, serverTime: now() };
      // Roles or teams may have changed by what was pushed: the pull asks again who this is.
      const after = await sessionOf(routes, request);
      return { ...pushed, pull: await pullFor(routes, after, envelope.pull), serverTime: now() };
    },
  );
}

/** Where nothing is new the statement that found the session has seen it, and the pull costs no other. */
async function pullFor(routes: Routes, session: Session, request: PullRequest): Promise<PullAnswer> {
  const { database: primary, now } = routes;
  const { organisation, user, deviceId, seen } = session;
  const who = { user, deviceId };
  const { fresh, upTo } = await recordHeals(primary, organisation, deviceId, request.heals ?? []);
  for (const { entity, why, missing, extra, stale } of fresh)
    routes.meters.healed(entity, why, missing + extra + stale);
  const atOnce = await pullAtOnce(primary, organisation, who, seen, request, now());
  const answer =
    atOnce ??
    (await readFor(
      routes,
      session,
      (database) => pull(database, organisation, who, request, now(), primary),
      // That the history is another one is for the primary to say.
      (found) => found.kind !== 'reconcile' || found.why !== 'history',
    ));
  return upTo === null ? answer : { ...answer, healsUpTo: upTo };
}
