import { useEffect } from 'preact/hooks';
import { broadcastText } from '../../text/broadcast.ts';
import { Field } from '../../ui/field.tsx';
import type { Broadcast } from './broadcast.ts';

/** Value of the test picture in the list of cameras. */
const PATTERN = 'test-picture';

/** Which camera and microphone. A change takes effect at once, also while it is sent. */
export function Devices({ broadcast }: { broadcast: Broadcast }) {
  const words = broadcastText;
  const { cameras, microphones } = broadcast.devices.value;
  useEffect(() => void broadcast.refreshDevices(), [broadcast]);
  const { camera, microphone, isPattern } = broadcast;
  return (
    <div class="broadcast-closed" data-testid="devices">
      <Field label={words.camera}>
        {(ids) => (
          <select
            {...ids}
            data-testid="camera-choice"
            value={isPattern.value ? PATTERN : (camera.value.deviceId ?? '')}
            onChange={({ currentTarget: { value } }) =>
              void (value === PATTERN ? broadcast.usePattern() : broadcast.openCamera(value))
            }
          >
            {camera.value.deviceId === null && !isPattern.value ? (
              <option value="">{words.none}</option>
            ) : null}
            {cameras.map(({ deviceId, label }, index) => (
              <option key={deviceId} value={deviceId}>
                {label === '' ? `${words.camera} ${index + 1}` : label}
              </option>
            ))}
            <option value={PATTERN}>{words.testPicture}</option>
          </select>
        )}
      </Field>
      <Field label={words.microphone}>
        {(ids) => (
          <select
            {...ids}
            data-testid="microphone-choice"
            value={microphone.value.deviceId ?? ''}
            onChange={({ currentTarget: { value } }) =>
              void (value === '' ? broadcast.closeMicrophone() : broadcast.openMicrophone(value))
            }
          >
            <option value="">{words.none}</option>
            {microphones.map(({ deviceId, label }, index) => (
              <option key={deviceId} value={deviceId}>
                {label === '' ? `${words.microphone} ${index + 1}` : label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}
