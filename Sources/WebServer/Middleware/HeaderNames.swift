import HTTPTypes

extension HTTPField.Name {
    static let requestID = named("x-request-id")
    static let secFetchSite = named("sec-fetch-site")
    static let referrerPolicy = named("referrer-policy")
    static let permissionsPolicy = named("permissions-policy")
    static let openerPolicy = named("cross-origin-opener-policy")
    static let resourcePolicy = named("cross-origin-resource-policy")

    /// All of the names above are valid; the way out is never taken.
    private static func named(_ text: String) -> HTTPField.Name {
        HTTPField.Name(text) ?? .server
    }
}
