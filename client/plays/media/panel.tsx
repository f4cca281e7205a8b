import { useState } from 'preact/hooks';
import { broadcastText } from '../../text/broadcast.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import type { Broadcast } from './broadcast.ts';
import { Devices } from './devices.tsx';
import type { CaptureProblem } from './gear.ts';
import { LevelMeter } from './level-meter.tsx';
import type { Player } from './player.ts';
import { Preview } from './preview.tsx';
import { UploadQuality } from './upload-quality.tsx';
import './panel.css';

type Props = {
  broadcast: Broadcast;
  /** What others, or your encoder, send. */
  player: Player;
  isLive: boolean;
  onKeys: () => void;
};

/** What you send: preview, devices, how well it goes, and starting and stopping it. */
export function BroadcastPanel({ broadcast, player, isLive, onKeys }: Props) {
  const words = broadcastText;
  return (
    <section
      class="broadcast studio-panel"
      aria-label={words.title}
      data-testid="broadcast"
      data-state={broadcast.state.value}
    >
      <Preview broadcast={broadcast} player={player} isLive={isLive} />
      <Body broadcast={broadcast} isLive={isLive} />
      <button type="button" class="btn btn-line broadcast-keys" data-testid="keys-open" onClick={onKeys}>
        <Icon name="key" size={18} /> {words.obs.open}
      </button>
    </section>
  );
}

function Body({ broadcast, isLive }: { broadcast: Broadcast; isLive: boolean }) {
  const lack = broadcast.lack.value;
  if (lack !== null) {
    return (
      <div class="broadcast-lack" role="status" data-testid="broadcast-lack">
        <p>{broadcastText.states.unavailable}</p>
        {lack.reason === '' ? null : (
          <p>
            {broadcastText.forOperator} {lack.reason} {lack.advice}
          </p>
        )}
      </div>
    );
  }
  return (
    <>
      {broadcast.isOpen.value ? (
        <Open broadcast={broadcast} isLive={isLive} />
      ) : (
        <Closed broadcast={broadcast} />
      )}
      <StateLine broadcast={broadcast} />
    </>
  );
}

/** Nothing is open yet. */
function Closed({ broadcast }: { broadcast: Broadcast }) {
  const words = broadcastText;
  const { problem, state } = broadcast.camera.value;
  return (
    <div class="broadcast-closed">
      {problem === null ? null : <Problem problem={problem} of="camera" />}
      <button
        type="button"
        class="btn btn-wide"
        data-testid="camera-open"
        disabled={state === 'opening'}
        onClick={() => void broadcast.open()}
      >
        <Icon name="camera" size={20} /> {problem === null ? words.start : words.tryAgain}
      </button>
      {problem === null ? (
        <p class="broadcast-hint">{words.startHint}</p>
      ) : (
        <button
          type="button"
          class="btn btn-line btn-wide"
          data-testid="pattern"
          onClick={() => void broadcast.usePattern()}
        >
          {words.pattern}
        </button>
      )}
    </div>
  );
}

/** What is in the way of a device, and what helps. */
function Problem({ problem, of }: { problem: CaptureProblem; of: 'camera' | 'microphone' }) {
  const words = broadcastText.problems;
  return (
    <p class="broadcast-problem" role="alert" data-testid="capture-problem" data-state={problem}>
      {problem === 'missing' && of === 'microphone' ? words.missingMic : words[problem]}
    </p>
  );
}

function Open({ broadcast, isLive }: { broadcast: Broadcast; isLive: boolean }) {
  const words = broadcastText;
  const [areDevicesShown, showDevices] = useState(false);
  const { camera, microphone, screen, isSending } = broadcast;
  const isMicOn = microphone.value.track !== null && !broadcast.isMicMuted.value;
  const isCameraOn = camera.value.track !== null && !broadcast.isCameraOff.value;
  const isSharing = screen.value.track !== null;
  return (
    <>
      <div class="broadcast-row">
        <Round
          icon={isMicOn ? 'mic' : 'mic-off'}
          label={isMicOn ? words.muteMic : words.unmuteMic}
          testId="mic"
          isOff={!isMicOn}
          onPress={() => void broadcast.toggleMicrophone()}
        />
        <Round
          icon={isCameraOn ? 'camera' : 'camera-off'}
          label={isCameraOn ? words.stopCamera : words.startCamera}
          testId="camera"
          isOff={!isCameraOn}
          onPress={() => void broadcast.toggleCamera()}
        />
        {broadcast.canShare ? (
          <Round
            icon="screen"
            label={isSharing ? words.stopScreen : words.shareScreen}
            testId="screen"
            isOn={isSharing}
            onPress={() => void broadcast.toggleScreen()}
          />
        ) : null}
        <button
          type="button"
          class="btn btn-line broadcast-devices-open"
          aria-expanded={areDevicesShown}
          data-testid="devices-open"
          onClick={() => showDevices(!areDevicesShown)}
        >
          {words.devices}
        </button>
      </div>
      <LevelMeter level={broadcast.level} isMuted={!isMicOn} />
      {areDevicesShown ? <Devices broadcast={broadcast} /> : null}
      {microphone.value.problem === null ? null : (
        <Problem problem={microphone.value.problem} of="microphone" />
      )}
      {camera.value.problem === null ? null : <Problem problem={camera.value.problem} of="camera" />}
      {isSending.value ? <UploadQuality broadcast={broadcast} /> : null}
      {isSending.value ? (
        <HoldButton
          label={words.stopSending}
          icon="stop"
          testId="send-stop"
          onHeld={() => void broadcast.stop()}
        />
      ) : null}
      {isSending.value || broadcast.state.value === 'replaced' ? null : (
        <button
          type="button"
          class={isLive ? 'btn btn-strong btn-wide' : 'btn btn-line btn-wide'}
          data-testid="send-start"
          onClick={() => void broadcast.start()}
        >
          {isLive ? words.sendLive : words.send}
        </button>
      )}
    </>
  );
}

type RoundProps = {
  icon: IconName;
  label: string;
  testId: string;
  isOff?: boolean;
  isOn?: boolean;
  onPress: () => void;
};

function Round({ icon, label, testId, isOff = false, isOn = false, onPress }: RoundProps) {
  return (
    <button
      type="button"
      class={`icon-btn broadcast-round ${isOff ? 'is-off' : ''} ${isOn ? 'is-on' : ''}`}
      aria-label={label}
      title={label}
      data-testid={testId}
      data-state={isOff ? 'off' : 'on'}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What the line to the relay does, where it is not simply good. */
function StateLine({ broadcast }: { broadcast: Broadcast }) {
  const state = broadcast.state.value;
  if (state === 'idle' || state === 'live') return null;
  return (
    <div class="broadcast-state" role="status" data-testid="broadcast-state" data-state={state}>
      <p>{broadcastText.states[state]}</p>
      {state === 'replaced' ? (
        <button
          type="button"
          class="btn btn-line"
          data-testid="take-back"
          onClick={() => void broadcast.takeBack()}
        >
          {broadcastText.takeBack}
        </button>
      ) : null}
    </div>
  );
}
