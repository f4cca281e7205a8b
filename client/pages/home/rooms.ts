/** What `GET /rooms.json` lists: rooms that anyone may enter. */
export type ListedRoom = { roomId: string; title: string; hostName: string; live: boolean; demo: boolean };

/** Live rooms first, otherwise in the server's order. Rejects when the list can't be had. */
export async function fetchRooms(): Promise<ListedRoom[]> {
  const response = await fetch('/rooms.json');
  if (!response.ok) throw new Error(`rooms.json: ${response.status}`);
  const { rooms } = (await response.json()) as { rooms: ListedRoom[] };
  return rooms.toSorted((a, b) => Number(b.live) - Number(a.live));
}
