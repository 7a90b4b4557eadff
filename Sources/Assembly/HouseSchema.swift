import Desk
import Fleet
import Gateway
import People
import Storage

/// The schemas of all rooms, in the order in which they are migrated.
enum HouseSchema {
    static let schemas = Faults.nextRelease(
        [Schema.storage, CopyBooks.schema, FleetRoom.schema, PeopleRoom.schema, DeskRoom.schema, GatewayRoom.schema])
}
