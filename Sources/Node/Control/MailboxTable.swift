import Attendant

extension StateTable {
    /// The mailboxes of a site, as they lie on the disk; no server is needed.
    public init(mailboxesOf site: Site) {
        let contents = MailboxContents.survey(site.mailboxes, in: site.voicemailFolder)
        self.init(
            columns: ["mailbox", "name", "new", "kept", "size", "greeting", "pin"],
            rows: contents.map { content in
                [
                    content.mailbox.number, content.mailbox.name, "\(content.counts.new)", "\(content.counts.saved)",
                    "\((content.bytes + (1 << 20) - 1) >> 20) MB", content.hasGreeting ? "own" : "standard",
                    content.mailbox.pin == nil ? "no" : "yes",
                ]
            })
    }
}
