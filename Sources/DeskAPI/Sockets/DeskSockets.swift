package import Desk
package import Logging
import HTTPTypes
import NIOCore
import Vocabulary
package import WebServer

/// `/ws/staff` and `/ws/customer/{shopKey}`.
package struct DeskSockets: Sendable {
    private static let staffPath = "/ws/staff"
    private static let customerPath = "/ws/customer/"

    private let desk: DeskRoom
    private let logger: Logger
    private let mailboxes = LoopMailboxes()

    package init(_ desk: DeskRoom, logger: Logger) {
        self.desk = desk
        self.logger = logger
    }

    package var routes: [SocketRoute] { [staff, customers] }

    private var staff: SocketRoute {
        SocketRoute(
            matches: { $0 == Self.staffPath },
            decide: { request in
                guard request.isFromHere else { return .refuse(.foreignOrigin) }
                return accept(.staff)
            })
    }

    private var customers: SocketRoute {
        SocketRoute(
            matches: { $0.hasPrefix(Self.customerPath) },
            decide: { request in
                do {
                    let shop = try await desk.shops.shop(key: String(request.path.dropFirst(Self.customerPath.count)))
                    guard request.isFromHere || request.origin.map(shop.allows) ?? true else { return .refuse(.foreignOrigin) }
                    return accept(.customer(shop.id, key: shop.key))
                } catch let error as DeskError {
                    return .refuse(error.problem)
                } catch {
                    return .refuse(.unavailable)
                }
            })
    }

    private func accept(_ side: LiveConnection.Side) -> SocketDecision {
        .accept { eventLoop in DeskSocketHandler(side: side, desk: desk, mailbox: mailboxes.mailbox(of: eventLoop), logger: logger) }
    }
}

extension SocketRequest {
    /// From a page of this server, or from something that is no browser: that one is judged by its ticket alone.
    fileprivate var isFromHere: Bool {
        origin == nil || origin == ownOrigin
    }
}

extension Problem {
    static let foreignOrigin = Problem(
        .forbidden, code: "web.cross_origin", detail: "This page's origin may not open a socket here. Add it to the shop's allowed origins."
    )
    static let unavailable = Problem(
        .serviceUnavailable, code: "desk.storage_failed", detail: "The server could not look this up. Try again in a moment.")
}
