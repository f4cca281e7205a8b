import { describe, expect, it } from 'vitest';
import { iceServersFor, turnCredentials } from './turn.ts';

const OPTIONS = {
  stunUrls: ['stun:stun.example.com:3478'],
  turnUrls: ['turn:turn.example.com:3478', 'turns:turn.example.com:443?transport=tcp'],
  turnSecret: 'north-wind-secret',
  turnTtlMs: 3_600_000,
};

describe('TURN credentials', () => {
  it('[RL20] are the MAC over expiry and name that coturn computes', () => {
    // printf '1433895918:ninefingers' | openssl dgst -sha1 -hmac north -binary | base64
    expect(turnCredentials('north', 'ninefingers', 1_433_895_918_000)).toEqual({
      username: '1433895918:ninefingers',
      credential: 'jy8hTxmOO7UtEKXqSkSlvakPVYA=',
    });
  });

  it('[RL20] end after the time that is set, and not before', () => {
    const [, turn] = iceServersFor('u-1', 1_700_000_000_001, OPTIONS);
    const expiresAtS = Number(turn?.username?.split(':')[0]);
    expect(expiresAtS).toBe(1_700_003_601);
  });

  it('[RL20] say nothing of the user but that it is the same one', () => {
    const name = (userId: string, secret = OPTIONS.turnSecret): string | undefined =>
      iceServersFor(userId, 0, { ...OPTIONS, turnSecret: secret })[1]?.username?.split(':')[1];
    expect(name('ana@example.com')).toBe(name('ana@example.com'));
    expect(name('ana@example.com')).not.toBe(name('bo@example.com'));
    expect(name('ana@example.com')).not.toBe(name('ana@example.com', 'another-secret'));
    expect(name('ana@example.com')).toMatch(/^[\w-]{16}$/);
  });

  it('[RL20] come with their addresses; STUN needs none, and without a secret there is no TURN', () => {
    const [stun, turn] = iceServersFor('u-1', 0, OPTIONS);
    expect(stun).toEqual({ urls: OPTIONS.stunUrls });
    expect(turn?.urls).toEqual(OPTIONS.turnUrls);
    expect(iceServersFor('u-1', 0, { ...OPTIONS, turnSecret: undefined })).toEqual([stun]);
    expect(iceServersFor('u-1', 0, { ...OPTIONS, stunUrls: [], turnUrls: [] })).toEqual([]);
  });
});
