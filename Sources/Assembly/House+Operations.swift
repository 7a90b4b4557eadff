import Crashes
import OperationsAPI
import People
import Settings

extension House {
    /// Past ends of this server, for those who run it.
    var operations: OperationsRoutes {
        let people = people
        let store = CrashStore(directory: settings[HouseSettings.dataDirectory] + "/crashes")
        return OperationsRoutes(
            store: store,
            founding: { workspace in
                guard let first = try await people.workspaces.all().first, first.id == workspace else { return nil }
                return first.createdAt
            }, clock: clock)
    }
}
