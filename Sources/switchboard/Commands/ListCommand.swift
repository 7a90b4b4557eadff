import ArgumentParser
import Assembly

/// `switchboard … list`: shows what a workspace has.
protocol ListCommand: AsyncParsableCommand {
    /// The order, for a workspace's name.
    static var order: @Sendable (String?) -> HouseOrder { get }
    var list: ListOptions { get }
}

extension ListCommand {
    func run() async throws {
        try await HouseOrders.carryOut(Self.order(list.workspace), options: list.options)
    }
}

/// What every list takes.
struct ListOptions: ParsableArguments {
    @Option(help: "The workspace, where there are several.")
    var workspace: String?

    @OptionGroup var options: SettingsOptions
}
