import ArgumentParser
import Assembly

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

    @OptionGroup var node: NodeOptions

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await HouseOrders.carryOut(.addNode(try node.order(NodeOrder(name: name, url: url))), options: options)
    }
}

/// `switchboard node list`.
struct ListNodes: ListCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the nodes in the order in which they are asked.")
    static let order: @Sendable (String?) -> HouseOrder = { .listNodes(workspace: $0) }

    @OptionGroup var list: ListOptions
}

/// `switchboard node change north …`.
struct ChangeNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Enable, disable, drain, undrain, remove or test a node, or change what is set of it.",
        discussion: """
            A stored credential goes only to the address that it was given for: with another scheme, host or port, or with more networks \
            opened, give it again by --credential-env. A credential that the house's key does not open any more is replaced the same way.
            """)

    @Option(help: "The node's name.")
    var name: String

    @Option(help: "enable, disable, drain, undrain, remove or test; alone.")
    var step: NodeStep?

    @Option(help: "Its new name.")
    var rename: String?

    @Option(help: "Its new base URL, without /v1.")
    var url: String?

    @OptionGroup var node: NodeOptions

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let change = try node.order(NodeOrder(name: rename, url: url))
        var nothing = NodeOrder()
        nothing.workspace = node.workspace
        guard (step == nil) != (change == nothing) else {
            Standard.error("give either --step or what to change, such as --credential-env or --url")
            throw HouseExit.data
        }
        if let step {
            try await HouseOrders.carryOut(.stepNode(name: name, step: step, workspace: node.workspace), options: options)
        } else {
            try await HouseOrders.carryOut(.changeNode(name: name, change: change), options: options)
        }
    }
}

extension NodeStep: ExpressibleByArgument {}
