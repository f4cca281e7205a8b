import type { ComponentChildren } from 'preact';
import type { RoomModel } from '../../model/room-model.ts';
import { text } from '../../text/i18n.ts';
import { ClosedNotice } from './closed-notice.tsx';
import { ConnectionLine } from './connection-line.tsx';
import { CodeForm } from './sign-in-form.tsx';
import './gate.css';

type Props = {
  title: string;
  model: RoomModel;
  /** Whether the role that you came with may be here. */
  isAllowed: boolean;
  children: ComponentChildren;
};

/** For pages that need a role: the page itself, or the way to sign in. */
export function Gate({ title, model, isAllowed, children }: Props) {
  const { status, signIn, client } = model;
  const isIn = model.room.state.value !== null && isAllowed;
  const reason = status.value.reason;
  const needsCode =
    status.value.state === 'closed' && (reason === 'UNAUTHENTICATED' || reason === 'TOKEN_EXPIRED');
  const needsSignIn = needsCode || (model.you.value !== null && !isAllowed);
  return (
    <>
      <ConnectionLine status={status} />
      {isIn ? children : null}
      {!isIn && !needsSignIn ? <p class="gate-wait">{text.common.loading}</p> : null}
      {!isIn && needsSignIn ? (
        <main class="gate">
          <div class="gate-card">
            <img src="/favicon.svg" alt="" width="44" height="44" />
            <h1>{title}</h1>
            {model.role.value === 'guest' || needsCode ? null : <p>{text.signIn.notAllowed}</p>}
            {signIn.state.value.canSignIn ? (
              <CodeForm signIn={signIn} onDone={() => client.reconnect()} />
            ) : (
              <p>{text.signIn.noToken}</p>
            )}
          </div>
        </main>
      ) : null}
      {needsCode ? null : <ClosedNotice status={status} onTryAgain={() => client.reconnect()} />}
    </>
  );
}
