/**
 * The id of a request, as a client was told it in `x-request-id`, from what somebody pastes: with quotes, its header's name or spaces around it.
 *
 *   requestIDOf(' x-request-id: 01j… ') → '01J…' · null for what is none
 */

/** 26 characters of Crockford's base 32; 128 bits, so the first is 0 to 7. */
const FORM = /(?:^|[^0-9a-z])([0-7][0-9a-hjkmnp-tv-z]{25})(?![0-9a-z])/i;

/** @param {string} text @returns {string|null} */
export const requestIDOf = (text) => FORM.exec(text.slice(0, 400))?.[1]?.toUpperCase() ?? null;
