/** In every message of a raid, and nowhere else. No word of any list. */
export const RAID_MARKER = 'zqvraidvqz';
