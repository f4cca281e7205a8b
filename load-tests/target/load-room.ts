/** The body of `POST /api/v1/rooms` for a room of the kit. */
export const loadRoom = (roomId: string) => ({
  roomId,
  title: 'Load test',
  hostName: 'Load',
  sellerContact: 'load@example.com',
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
});
