import BlackBox
import Console
package import Settings
import WebServer

/// What a server has ready before it opens the data: in a restart it makes this while the old one still serves.
package struct HousePreparation: Sendable {
    let jobs: HouseJobs
    let assets: AssetLibrary?
    let fronts: [WebServerConfiguration]

    /// - Parameters:
    ///   - given: whether TLS is spoken on each port that this process was born with; nil: it opens its own.
    ///   - life: hears of the stages.
    /// - Throws: `ConsoleError`, `WebServerError`, `PreparationFault`.
    package init(_ settings: Settings, _ jobs: HouseJobs, given: [Bool]? = nil, life: WorkerLife = WorkerLife()) throws {
        self.jobs = jobs
        life.enter(.secrets)
        for front in HousePlan.configurations(settings, jobs) { try front.checkCertificate() }
        life.enter(.ports)
        if let given {
            guard let fronts = try HousePlan.configurations(settings, jobs, given: given) else { throw PreparationFault.otherPorts }
            self.fronts = fronts
        } else {
            fronts = HousePlan.configurations(settings, jobs)
        }
        assets = jobs == .both ? try AssetLibrary() : nil
    }
}

/// Why a server can't be prepared.
enum PreparationFault: Error, CustomStringConvertible {
    /// The settings' files were changed since the ports were opened.
    case otherPorts

    var description: String {
        "the settings ask for other ports than were opened when the server started: run `switchboard restart`, or SIGHUP [house.other_ports]"
    }
}
