import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('configuration', () => {
  it('[HTTP-1] nothing set gives a server for this machine alone, with its data in .satchel', () => {
    expect(readConfig({}, [], '/anywhere')).toEqual({
      port: 8420,
      host: '127.0.0.1',
      isLan: false,
      dataFolder: '/anywhere/.satchel',
      databaseUrl: null,
      replicaUrl: null,
      logLevel: 'warn',
      organisation: 'demo',
      trustedProxies: [],
    });
  });

  it('[HTTP-1] the environment and --lan say otherwise', () => {
    const env = {
      PORT: '0',
      SATCHEL_DATA: 'here',
      DATABASE_URL: 'postgres://x/y',
      DATABASE_REPLICA_URL: 'postgres://z/y',
      TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2',
    };
    expect(readConfig(env, ['--lan'], '/anywhere')).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      isLan: true,
      dataFolder: '/anywhere/here',
      databaseUrl: 'postgres://x/y',
      replicaUrl: 'postgres://z/y',
      trustedProxies: ['10.0.0.1', '10.0.0.2'],
    });
  });

  it('[HTTP-1] what makes no sense is refused in words', () => {
    for (const env of [
      { PORT: 'http' },
      { PORT: '70000' },
      { LOG_LEVEL: 'loud' },
      { DATABASE_URL: 'mysql://x' },
      { DATABASE_REPLICA_URL: 'standby' },
    ])
      expect(readConfig(env, [], '/')).toHaveProperty('fault');
    expect(readConfig({}, ['--wan'], '/')).toHaveProperty('fault');
  });
});
