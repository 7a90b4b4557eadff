import HTTPTypes
package import Hummingbird

/// Which methods each route of the router has: tells 405 from 404, which the router itself doesn't.
package struct RouteMethods: Sendable {
    private struct Route: Sendable {
        let segments: [Substring]
        let method: String
    }

    private let routes: [Route]

    init() {
        routes = []
    }

    package init(of router: Router<RequestScope>) {
        routes = router.routes.map { Route(segments: Self.segments(of: $0.path.description), method: $0.method.rawValue) }
    }

    /// Sorted; empty when no route has this path.
    func methods(of path: String) -> [String] {
        let segments = Self.segments(of: path)
        return Set(routes.filter { Self.fits($0.segments, segments) }.map(\.method)).sorted()
    }

    private static func segments(of path: String) -> [Substring] {
        path.split(separator: "/").map { $0[...] }
    }

    private static func fits(_ pattern: [Substring], _ path: [Substring]) -> Bool {
        for (index, segment) in pattern.enumerated() {
            if segment == "**" { return true }
            guard index < path.count, isWild(segment) || segment == path[index] else { return false }
        }
        return pattern.count == path.count
    }

    private static func isWild(_ segment: Substring) -> Bool {
        segment == "*" || segment.hasPrefix(":") || segment.contains("{")
    }
}
