/** Telling somebody who is looking elsewhere: two short tones, a notification of the system. Both only by choice. */
import { nameOf } from '#/js/elements/parts.js';
import { pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';

/** @type {AudioContext|null} */
let audio = null;

/** @param {import('#/js/console.js').Console} console @param {import('#/js/lib/protocol.js').Row} row */
export function soundAlert(console, row) {
  const { preferences } = console;
  if (preferences.sound) playTones();
  if (preferences.notifications && document.visibilityState === 'hidden' && 'Notification' in window
    && Notification.permission === 'granted') {
    const note = new Notification(t('notify.title', { name: nameOf(row.customer) }), { body: row.last?.text ?? '', tag: row.id });
    note.onclick = () => {
      window.focus();
      console.go(pathTo({ name: 'conversation', id: row.id }));
      note.close();
    };
  }
}

/** Soft, short, the same for all: a fifth upwards. */
export function playTones() {
  try {
    audio ??= new AudioContext();
    const start = audio.currentTime;
    [587.33, 880].forEach((pitch, index) => tone(/** @type {AudioContext} */ (audio), pitch, start + index * 0.12));
  } catch {
    // a browser without sound still shows the badge
  }
}

/** @param {AudioContext} context @param {number} pitch Hz @param {number} at s */
function tone(context, pitch, at) {
  const voice = context.createOscillator();
  const level = context.createGain();
  voice.frequency.value = pitch;
  level.gain.setValueAtTime(0.0001, at);
  level.gain.exponentialRampToValueAtTime(0.12, at + 0.015);
  level.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  voice.connect(level).connect(context.destination);
  voice.start(at);
  voice.stop(at + 0.3);
}

/**
 * Asked for by a click only.
 * @returns {Promise<boolean>} whether it is allowed
 */
export async function allowNotifications() {
  if (!('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}
