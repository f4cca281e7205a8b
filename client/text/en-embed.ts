/** Words of the element on a shop's page, in English. They are part of /embed.js: few and short. */
export const enEmbed = {
  title: 'Live room',
  loading: 'One moment…',
  failed: 'The live room does not load right now.',
  failedHint: 'It tries again by itself.',
  tryAgain: 'Try again',
  /** For the shop's developer, below what visitors read. */
  why: (server: string, page: string) =>
    `For whoever runs this site: ${server} did not answer. Either it is away, or ${page} may not show its rooms: then add it there to LIVESTALL_ALLOWED_ORIGINS, and ${server} to frame-src in the policy of this page.`,
  noSource:
    'For whoever runs this site: <livestall-room> needs src, the address of the server, and room, the id of the room.',
};
