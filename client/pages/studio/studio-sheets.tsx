import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { Leaderboard } from '../../plays/fan-badges/board-view.tsx';
import { KeeperForm } from '../../plays/fan-badges/host-club.tsx';
import { FanRulesForm } from '../../plays/fan-badges/host-rules-form.tsx';
import { SaleForm } from '../../plays/flash-sale/sale-form.tsx';
import { DrawForm } from '../../plays/lottery/host-form.tsx';
import { DrawClaims, DrawReasonForm } from '../../plays/lottery/host-sheets.tsx';
import { KeysSheet } from '../../plays/media/keys-sheet.tsx';
import { ActForm, type ActWay } from '../../plays/moderation/desk-act-form.tsx';
import { isAbove } from '../../plays/moderation/desk-lengths.ts';
import { PersonView } from '../../plays/moderation/desk-person.tsx';
import { UndoBar } from '../../plays/moderation/desk-undo.tsx';
import { RoomSettingsForm } from '../../plays/room/settings-form.tsx';
import { ProductForm } from '../../plays/shelf/product-form.tsx';
import { broadcastText } from '../../text/broadcast.ts';
import { deskText } from '../../text/desk.ts';
import { hostText } from '../../text/host.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { lazy } from '../../ui/lazy.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import { AppointForm, StaffTeam } from '../shared/staff-team.tsx';
import { CohostSteps } from './cohosts.tsx';
import { CopyField } from './copy-field.tsx';
import { ProductMore } from './product-more.tsx';
import { StudioMenu } from './studio-menu.tsx';
import type { StudioProps } from './studio-page.tsx';

/** With what draws curves. */
const ShowReport = lazy(async () => (await import('../../plays/show/report.tsx')).ShowReport);
const ShowReports = lazy(async () => (await import('../../plays/show/report.tsx')).ShowReports);

export type StudioSheet =
  | { kind: 'sale'; product: Product }
  | { kind: 'product'; product: Product | null }
  | { kind: 'draw' }
  | { kind: 'draw-reason'; what: 'cancel' | 'redraw'; drawId: string }
  | { kind: 'claims'; draw: Draw }
  | { kind: 'product-more'; product: Product }
  | { kind: 'board' | 'rules' | 'team' | 'person' | 'stream-keys' | 'cohost' | 'more' | 'shows' | 'settings' }
  | { kind: 'report'; sessionId: string }
  | { kind: 'act'; userId: string; name: string; way: ActWay };

type Props = StudioProps & {
  sheet: StudioSheet;
  onSheet: (sheet: StudioSheet | null) => void;
};

export function StudioSheets(props: Props) {
  const { onSheet, model, parts } = props;
  const { title, body } = contentOf(props);
  return (
    <Sheet key={props.sheet.kind} title={title} onClose={() => onSheet(null)}>
      {body}
      <UndoBar done={parts.desk.done} state={parts.desk.state.value} nowMs={model.nowMs.value} />
    </Sheet>
  );
}

function contentOf(props: Props) {
  const { model, room, report, parts, sheet, onSheet } = props;
  const { currency, demo } = room.room;
  const { hosting, desk } = parts;
  const onDone = () => onSheet(null);
  switch (sheet.kind) {
    case 'sale':
      return {
        title: staffText.studio.saleTitle(sheet.product.title),
        body: (
          <SaleForm
            product={sheet.product}
            currency={currency}
            onSchedule={(input) => report.run(model.sales.schedule(input))}
            onDone={onDone}
          />
        ),
      };
    case 'product':
      return {
        title: sheet.product === null ? staffText.studio.addProduct : staffText.studio.editProduct,
        body: (
          <ProductForm
            product={sheet.product}
            currency={currency}
            onSave={(product) => report.run(model.shelf.save(product))}
            onDone={onDone}
          />
        ),
      };
    case 'draw':
      return {
        title: hostText.draws.add,
        body: (
          <DrawForm
            currency={currency}
            hasBeacon={parts.hasBeacon}
            onAnnounce={hosting.announce}
            onRefused={(ack) => void report.run(Promise.resolve(ack))}
            onDone={onDone}
          />
        ),
      };
    case 'draw-reason':
      return {
        title: sheet.what === 'cancel' ? hostText.draws.cancelTitle : hostText.draws.redrawTitle,
        body: (
          <DrawReasonForm
            what={sheet.what}
            onGo={(reason, durationMs) =>
              report.run(
                sheet.what === 'cancel'
                  ? hosting.cancel(sheet.drawId, reason)
                  : hosting.redraw(sheet.drawId, reason, durationMs),
              )
            }
            onDone={onDone}
          />
        ),
      };
    case 'claims':
      return {
        title: hostText.draws.claimsOf(sheet.draw.title),
        body: (
          <DrawClaims
            draw={sheet.draw}
            hosting={hosting}
            onMore={async () => {
              const ack = await hosting.moreClaims();
              if (ack !== null) void report.run(Promise.resolve(ack));
            }}
          />
        ),
      };
    case 'board':
      return { title: hostText.club.board, body: <Board {...props} /> };
    case 'rules':
      return { title: hostText.club.rules, body: <Rules {...props} /> };
    case 'team':
      return {
        title: hostText.team.title,
        body: <StaffTeam desk={desk} role={model.role.value} nowMs={model.nowMs.value} />,
      };
    case 'stream-keys':
      return {
        title: broadcastText.obs.title,
        body: <KeysSheet keys={props.media.keys} nowMs={model.nowMs.value} run={report.run} />,
      };
    case 'cohost':
      return {
        title: studioText.stage.bring,
        body: <CohostSteps parts={parts} roomId={room.room.roomId} />,
      };
    case 'product-more':
      return { title: sheet.product.title, body: <ProductMore {...props} product={sheet.product} /> };
    case 'more':
      return { title: studioText.more, body: <StudioMenu room={room} onSheet={onSheet} /> };
    case 'shows':
      return {
        title: studioText.shows,
        body: (
          <ShowReports
            show={parts.show}
            currency={currency}
            onOpen={(sessionId) => onSheet({ kind: 'report', sessionId })}
          />
        ),
      };
    case 'report':
      return {
        title: studioText.report,
        body: <ShowReport show={parts.show} sessionId={sheet.sessionId} currency={currency} isDemo={demo} />,
      };
    case 'settings':
      return {
        title: studioText.settings,
        body: (
          <RoomSettingsForm
            room={room.room}
            now={model.client.serverNow}
            onSave={(patch) => model.client.call('room:change', patch)}
            onDone={onDone}
          />
        ),
      };
    case 'person':
      return { title: deskText.person.title, body: <Person {...props} /> };
    case 'act':
      return {
        title: deskText.form.title(nameInWords(sheet)),
        body: (
          <ActForm
            userId={sheet.userId}
            way={sheet.way}
            reason=""
            onAct={desk.sanction}
            onDone={() => onSheet({ kind: 'person' })}
          />
        ),
      };
  }
}

function Board({ model, report }: Props) {
  const { fans, client, you, role } = model;
  return (
    <div class="studio-leaders">
      <Leaderboard
        page={fans.board.value}
        badgeName={fans.state.value.rules?.badge ?? ''}
        yourId={you.value?.userId ?? ''}
        details={null}
        onOpen={(board) => void fans.openBoard(board)}
        onMore={() => void fans.moreOfBoard()}
      />
      {role.value === 'host' ? (
        <KeeperForm
          userId={null}
          onAsk={(userId, shiftMs) => report.run(client.call('fan-badges:ask-keeper', { userId, shiftMs }))}
        />
      ) : null}
    </div>
  );
}

function Rules({ model, room, report, onSheet }: Props) {
  const { rules } = model.fans.state.value;
  if (rules === null) return null;
  return (
    <FanRulesForm
      rules={rules}
      currency={room.room.currency}
      onSave={(changed) => report.run(model.client.call('fan-badges:set-rules', { rules: changed }))}
      onDone={() => onSheet(null)}
    />
  );
}

/** The card of somebody in the chat, with what only the host can do. */
function Person({ model, report, parts, onSheet }: Props) {
  const { desk, people } = parts;
  const card = people.card.value;
  const role = model.role.value;
  const mayAppoint =
    role === 'host' && card?.file !== null && card?.file !== undefined && isAbove(role, card.file.role);
  return (
    <PersonView
      card={card}
      desk={desk}
      role={role}
      yourId={model.you.value?.userId ?? ''}
      nowMs={model.nowMs.value}
      badgeName={model.fans.state.value.rules?.badge ?? ''}
      onAct={(way) => {
        if (card !== null) onSheet({ kind: 'act', userId: card.userId, name: card.name, way });
      }}
    >
      {mayAppoint && card !== null ? (
        <CopyField label={studioText.stage.userId} value={card.userId} testId="person-id" />
      ) : null}
      {mayAppoint && card !== null ? (
        <details class="studio-appoint">
          <summary>{hostText.team.appoint}</summary>
          <AppointForm desk={desk} userId={card.userId} />
          {card.file?.badge ? (
            <KeeperForm
              userId={card.userId}
              onAsk={(userId, shiftMs) =>
                report.run(model.client.call('fan-badges:ask-keeper', { userId, shiftMs }))
              }
            />
          ) : null}
        </details>
      ) : null}
    </PersonView>
  );
}
