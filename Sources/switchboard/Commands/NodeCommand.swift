import ArgumentParser
import Assembly
import FoundationEssentials

/// `switchboard node …`: the gateway's nodes.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "The gateway's nodes: where requests go.",
        discussion: "Works beside a running server, which takes the change at once.",
        subcommands: [AddNode.self, ListNodes.self, ChangeNode.self])
}

/// `switchboard node add`.
struct AddNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a node.")

    @Option(help: "A short name, as logs and the console show it.")
    var name: String

    @Option(help: "Its base URL, without /v1: https://api.anthropic.com")
    var url: String

    @Option(help: "The environment variable that holds the node's credential.")
    var credentialEnv: String?

    @Option(help: "anthropic or openai.")
    var family: String?

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

    @Flag(help: "It may have an address of a private network.")
    var allowPrivate = false

    @Flag(help: "It may have an address of this machine.")
    var allowLoopback = false

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var order = NodeOrder(name: name, url: url)
        order.workspace = workspace
        order.credential = try credential()
        order.family = family
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
        try await HouseOrders.carryOut(.addNode(order), options: options)
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

/// `switchboard node list`.
struct ListNodes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the nodes in the order in which they are asked.")

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await HouseOrders.carryOut(.listNodes(workspace: workspace), options: options)
    }
}

/// `switchboard node change north --step drain`.
struct ChangeNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Enable, disable, drain, undrain, remove or test a node.")

    @Option(help: "The node's name.")
    var name: String

    @Option(help: "enable, disable, drain, undrain, remove or test.")
    var step: NodeStep

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await HouseOrders.carryOut(.changeNode(name: name, change: step, workspace: workspace), options: options)
    }
}

extension NodeStep: ExpressibleByArgument {}
