import ArgumentParser
import Assembly

/// `switchboard key …`: the keys by which clients use the gateway.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The keys by which clients use the gateway.",
        discussion: "Works beside a running server, which takes the change at once.",
        subcommands: [CreateKey.self, ListKeys.self, RevokeKey.self])
}

/// `switchboard key create`.
struct CreateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a key. It alone is printed on standard output, once; notes go to standard error.")

    @Option(help: "Whose or what it is for.")
    var name: String

    @Option(help: "inference, files or models; repeat for more, none: all.")
    var scope: [String] = []

    @Option(help: "A pattern of models that it may use; repeat for more, none: all.")
    var model: [String] = []

    @Option(help: "Days until it ends.")
    var expiresInDays: Int?

    @Option(help: "Requests a minute.")
    var requestsPerMinute: Int?

    @Option(help: "Tokens a minute.")
    var tokensPerMinute: Int?

    @Option(help: "Requests at once.")
    var concurrency: Int?

    @Option(help: "US dollars a day (UTC), such as 2.50: then it is refused.")
    var budgetDay: String?

    @Option(help: "US dollars a month (UTC).")
    var budgetMonth: String?

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var order = KeyOrder(name: name)
        order.workspace = workspace
        order.scopes = scope
        order.models = model
        order.expiresInDays = expiresInDays
        order.requestsPerMinute = requestsPerMinute
        order.tokensPerMinute = tokensPerMinute
        order.concurrency = concurrency
        order.budgetDay = budgetDay
        order.budgetMonth = budgetMonth
        try await HouseOrders.carryOut(.createKey(order), options: options)
    }
}

/// `switchboard key list`.
struct ListKeys: ListCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the keys: their names, prefixes and limits.")
    static let order: @Sendable (String?) -> HouseOrder = { .listKeys(workspace: $0) }

    @OptionGroup var list: ListOptions
}

/// `switchboard key revoke`.
struct RevokeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a key at once, with what runs by it.")

    @Option(help: "The key's name.")
    var name: String

    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await HouseOrders.carryOut(.revokeKey(name: name, workspace: workspace), options: options)
    }
}
