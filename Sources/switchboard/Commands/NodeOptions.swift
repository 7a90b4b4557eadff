import ArgumentParser
import Assembly
import FoundationEssentials

/// What can be set of a node, for those that make one and those that change one.
struct NodeOptions: ParsableArguments {
    @Option(help: "The environment variable that holds the node's credential.")
    var credentialEnv: String?

    @Option(help: "anthropic or openai.")
    var family: String?

    @Option(help: "How it is shown the credential: x-api-key or bearer.")
    var auth: String?

    @Option(help: "Lower is asked first; from 1.")
    var priority: Int?

    @Option(help: "Share among nodes of one priority.")
    var weight: Int?

    @Option(help: "Requests at once.")
    var maxConcurrency: Int?

    @Option(help: "A model that it serves: a pattern, or pattern=name at the node. Repeat for more; none: all.")
    var model: [String] = []

    @Option(help: "api, head, count or cli.")
    var healthMethod: String?

    @Option(help: "The model of health checks.")
    var healthModel: String?

    @Option(help: "Nodes of one rate domain share a provider's limits.")
    var rateDomain: String?

    @Option(help: "Nodes of one cache domain share a prompt cache.")
    var cacheDomain: String?

    @Flag(inversion: .prefixedNo, help: "It may have an address of a private network.")
    var allowPrivate: Bool?

    @Flag(inversion: .prefixedNo, help: "It may have an address of this machine.")
    var allowLoopback: Bool?

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    /// `order` with what was given.
    func order(_ order: NodeOrder) throws -> NodeOrder {
        var order = order
        order.workspace = workspace
        order.credential = try credential()
        order.family = family
        order.auth = auth
        order.priority = priority
        order.weight = weight
        order.maxConcurrency = maxConcurrency
        order.models = model
        order.healthMethod = healthMethod
        order.healthModel = healthModel
        order.rateDomain = rateDomain
        order.cacheDomain = cacheDomain
        order.allowPrivate = allowPrivate
        order.allowLoopback = allowLoopback
        return order
    }

    /// Never an argument: those are seen by every user of the machine and kept in the shell's history.
    private func credential() throws -> String? {
        guard let variable = credentialEnv else { return nil }
        guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
            Standard.error("the environment variable \(variable) is not set")
            throw HouseExit.data
        }
        return value
    }
}
