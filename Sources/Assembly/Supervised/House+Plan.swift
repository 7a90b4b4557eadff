import FoundationEssentials
package import Settings
package import Supervision
import Telemetry
import WebServer

/// What a supervisor has to know of the settings.
package enum HousePlan {
    /// - Throws: `WebServerError`, `ConsoleError`.
    package static func make(_ settings: Settings, _ jobs: HouseJobs) throws -> WorkerPlan {
        let ports = try configurations(settings, jobs).flatMap { try $0.plannedPorts() }
        return WorkerPlan(
            dataDirectory: absolute(settings[HouseSettings.dataDirectory]),
            ports: ports.map { PortPlan(isSecure: $0.isSecure, address: $0.address, port: UInt16(clamping: $0.port)) },
            drain: settings[HouseSettings.drainTime].components.seconds * 1_000, isLogJSON: settings[HouseSettings.logFormat] == .json)
    }

    /// The house's front, and the gateway's own beside it where it has one.
    static func configurations(_ settings: Settings, _ jobs: HouseJobs) -> [WebServerConfiguration] {
        [WebServerConfiguration(settings, jobs)]
            + (jobs == .both && settings.hasGatewayPort ? [WebServerConfiguration(settings, .gateway)] : [])
    }

    /// Hands the ports that this process was born with to the fronts that asked for them.
    /// - Parameter given: whether TLS is spoken on each, in the order of the plan.
    /// - Returns: a configuration with its ports for each front; nil when the settings ask for other ports than were given.
    static func configurations(_ settings: Settings, _ jobs: HouseJobs, given: [Bool]) throws -> [WebServerConfiguration]? {
        var descriptor = WorkerPost.firstPort
        var rest = given[...]
        var fronts = configurations(settings, jobs)
        for index in fronts.indices {
            for planned in try fronts[index].plannedPorts() {
                guard rest.popFirst() == planned.isSecure else { return nil }
                fronts[index].inherited.append(InheritedPort(isSecure: planned.isSecure, descriptor: descriptor))
                descriptor += 1
            }
        }
        return rest.isEmpty ? fronts : nil
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let here = FileManager.default.currentDirectoryPath
        return here.hasSuffix("/") ? here + path : "\(here)/\(path)"
    }
}
