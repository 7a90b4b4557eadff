/** The console's catalogue: every text that a member can read, in both languages. */
import { common } from '#/js/strings/common.js';
import { desk } from '#/js/strings/desk.js';
import { doors } from '#/js/strings/doors.js';
import { problems } from '#/js/strings/problems.js';
import { settings } from '#/js/strings/settings.js';

export const strings = { ...common, ...doors, ...problems, ...desk, ...settings };
