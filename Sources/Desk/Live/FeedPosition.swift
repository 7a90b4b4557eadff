import DeskProtocol
import Storage
import Vocabulary

/// Where a client's cursor stands in its workspace's feed: whether it can go on from there.
struct FeedPosition: Hashable, Sendable {
    /// The feed's last number.
    let top: Int64
    /// Why the client must begin anew, from `top`; nil: it goes on from its cursor.
    let reset: ServerFrame?

    /// - Parameter cursor: nil: the client has nothing of the feed, and wants nothing of its past.
    static func read(of member: MemberPrincipal, after cursor: Int64?, on connection: any SQLConnection) throws -> FeedPosition {
        let top = try FeedStore.top(of: member.workspace, on: connection)
        guard let cursor else { return FeedPosition(top: top, reset: nil) }
        return FeedPosition(top: top, reset: try reset(of: member, after: cursor, top: top, on: connection))
    }

    private static func reset(
        of member: MemberPrincipal, after cursor: Int64, top: Int64, on connection: any SQLConnection
    ) throws -> ServerFrame? {
        if cursor > top { return .resetFeed(.ahead) }
        if cursor < (try FeedStore.trimmed(of: member.workspace, on: connection)) { return .resetFeed(.trimmed) }
        guard member.role == .agent, try FeedStore.hasRestaffing(in: member.workspace, after: cursor, on: connection) else { return nil }
        // Rows of a shop that it serves since lie before its cursor, those of one that it lost are on its screen.
        return .resetAll(.access)
    }
}
