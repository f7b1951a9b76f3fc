// /api/docs: OpenAPI made from the very schemas that check the messages.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { wire } from '@satchel/model';

export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Satchel',
        version: String(wire.protocolVersion),
        description: 'How devices talk to the server of record.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url }) => {
      const { body, querystring, response, ...rest } = (schema ?? {}) as Record<string, unknown>;
      return {
        url,
        schema: {
          ...rest,
          ...(body === undefined ? {} : { body: jsonSchema(body, 'input') }),
          ...(querystring === undefined ? {} : { querystring: jsonSchema(querystring, 'input') }),
          ...(response === undefined ? {} : { response: answers(response as Record<string, unknown>) }),
        },
      };
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: {
      'default-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
    },
  });
}

function answers(byStatus: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, schema]) => [status, jsonSchema(schema, 'output')]),
  );
}

function jsonSchema(schema: unknown, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' });
  return rest;
}
