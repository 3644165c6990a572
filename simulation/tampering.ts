import type { Courier } from '../mock-server/delivery/courier.ts';
import type { Commands } from '../mock-server/engine/commands.ts';
import type { Settings } from '../mock-server/engine/settings.ts';
import type { Membership } from '../mock-server/fleet/store.ts';

/** Replaces parts of each replica from outside, to show that the simulation finds the defect. */
export interface Tampering {
  readonly settings?: (settings: Settings) => Settings;
  readonly membership?: (membership: Membership) => Membership;
  readonly commands?: (commands: Commands) => Commands;
  readonly courier?: (courier: Courier) => Courier;
}
