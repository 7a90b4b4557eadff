/** The gateway's part of the catalogue, loaded with its places. */
import { frame } from '#/js/gateway/strings/frame.js';
import { keys } from '#/js/gateway/strings/keys.js';
import { manage } from '#/js/gateway/strings/manage.js';
import { nodes } from '#/js/gateway/strings/nodes.js';
import { traffic } from '#/js/gateway/strings/traffic.js';

export const strings = { ...frame, ...nodes, ...keys, ...traffic, ...manage };
