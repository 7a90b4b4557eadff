import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

extension Request {
    /// Where the request comes from.
    func device(in context: RequestScope) -> Device {
        Device(userAgent: headers[.userAgent] ?? "", address: context.clientAddress)
    }

    /// The browser's first language, as far as the console speaks it.
    var language: Language {
        headers[.acceptLanguage]?.lowercased().hasPrefix("zh") == true ? .zh : .en
    }
}

extension RequestScope {
    /// The id of the path.
    /// - Throws: `unknown`, because nothing can have another name.
    func id<Subject>(orElse unknown: PeopleError) throws(PeopleError) -> Identifier<Subject> {
        guard let text = parameters.get("id"), let id = Identifier<Subject>(text) else { throw unknown }
        return id
    }
}
