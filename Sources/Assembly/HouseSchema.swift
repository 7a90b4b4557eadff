import Desk
import Gateway
import People
import Storage

/// The schemas of all rooms, in the order in which they are migrated.
enum HouseSchema {
    static let schemas = [Schema.storage, PeopleRoom.schema, DeskRoom.schema, GatewayRoom.schema]
}
