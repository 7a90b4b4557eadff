import Relay
package import Vocabulary

extension Nodes {
    /// The node that the predecessor's settings describe, when the workspace has none yet; nil when it has, or when they describe none.
    ///
    /// Called at each start: it does nothing the second time. Private and loopback addresses are opened where the address is one: who sets
    /// the environment has the server in its hands.
    /// - Parameters:
    ///   - url: `UPSTREAM_BASE_URL`; without it, Anthropic's own when there is a credential.
    ///   - credential: `UPSTREAM_API_KEY`.
    ///   - name: `UPSTREAM_NAME`, default `default`.
    package func firstFromEnvironment(
        url: String?, credential: Secret<String>?, name: String?, in workspace: WorkspaceID
    ) async throws -> Node? {
        let url = url.flatMap { $0.isEmpty ? nil : $0 }
        let credential = credential.flatMap { $0.reveal().isEmpty ? nil : NodeCredential($0) }
        guard url != nil || credential != nil, nodes(of: workspace).isEmpty else { return nil }
        let author = Author.environment(in: workspace)
        let address = Self.opened(url ?? "https://api.anthropic.com")
        let draft = NodeChange(
            name: name.flatMap { $0.isEmpty ? nil : $0 } ?? "default", url: address.url, credential: .set(credential),
            allowPrivate: address.reach.contains(.privateNetworks), allowLoopback: address.reach.contains(.loopback))
        let node = try made(draft, by: author)
        try await write(node.id, by: author) { [store, now = clock.now()] connection in
            guard try store.nodes(of: workspace, on: connection).isEmpty else { return }
            try Self.insert(node, by: author, at: now, with: store, on: connection)
        }
        return nodes(of: workspace).first { $0.id == node.id }
    }

    /// The address and the least reach that it needs; without one that fits, the address as it is, to be refused.
    private static func opened(_ url: String) -> (url: String, reach: AddressReach) {
        let fits: [AddressReach] = [[], .privateNetworks, .loopback]
        return (url, fits.first { (try? NodeURL(url, reach: $0)) != nil } ?? [])
    }
}
