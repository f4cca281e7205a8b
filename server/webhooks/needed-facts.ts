import { wantsRoom } from './endpoint.ts';
import type { EndpointStore } from './endpoint-store.ts';
import type { LaneStore } from './lane-store.ts';

/**
 * The lowest fact number of a room that an enabled endpoint still needs; one above the last when none does.
 * Apart from the service, for whoever trims a ledger without running a node.
 */
export async function lowestNeededFact(
  { endpoints, lanes }: { endpoints: EndpointStore; lanes: LaneStore },
  roomId: string,
): Promise<number> {
  const all = await endpoints.list();
  const ids = all
    .filter((each) => each.enabled && each.phase !== 'removing' && wantsRoom(each, roomId))
    .map(({ endpointId }) => endpointId);
  const { head, lanes: found } = await lanes.look(roomId, ids);
  let lowest = head + 1;
  for (const { cursor, lowest: waiting } of found) {
    // A room that is younger than the endpoint counts from its first fact.
    lowest = Math.min(lowest, (cursor ?? 0) + 1, waiting || lowest);
  }
  return lowest;
}
