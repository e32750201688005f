/*
 * HTML: read by libxml2 as XML and as HTML, where it is there; elements and attributes are only
 * those of a short list, nothing is loaded from anywhere, and what peers say is text.
 */
#include <string.h>

#include "support/golden.h"
#include "support/story_reports.h"

#ifdef HAVE_LIBXML2
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#endif

static const char *const elements[] = { "html", "head", "meta", "title", "style", "body", "div",
	"h1", "h2", "p", "span", "table", "tr", "th", "td", "pre" };
static const char *const attributes[] = { "xmlns", "lang", "charset", "http-equiv", "content",
	"name", "class" };

#ifdef HAVE_LIBXML2
static bool
is_listed(const char *const *list, size_t count, const xmlChar *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], (const char *)word) == 0)
			return true;
	return false;
}

static void
walk(const char *name, const xmlNode *node)
{
	for (; node != NULL; node = node->next) {
		if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
			fail_msg("%s: a comment or instruction", name);
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!is_listed(elements, ROWS(elements), node->name))
			fail_msg("%s: element %s", name, (const char *)node->name);
		for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
			if (!is_listed(attributes, ROWS(attributes), a->name))
				fail_msg("%s: attribute %s", name, (const char *)a->name);
		walk(name, node->children);
	}
}

static void
check_parsed(const char *name, struct str page)
{
	xmlDoc *xml = xmlReadMemory(page.p, (int)page.n, "page.html", "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlDoc *html;

	if (xml == NULL)
		fail_msg("%s: not well-formed: %s", name, xmlGetLastError()->message);
	walk(name, xmlDocGetRootElement(xml));
	xmlFreeDoc(xml);
	html = htmlReadMemory(page.p, (int)page.n, "page.html", "UTF-8",
		HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	if (html == NULL || xmlGetLastError() != NULL)
		fail_msg("%s: HTML parser: %s", name,
			xmlGetLastError() != NULL ? xmlGetLastError()->message : "nothing");
	walk(name, xmlDocGetRootElement(html));
	xmlFreeDoc(html);
}
#else
static void
check_parsed(const char *name, struct str page)
{
	(void)name;
	(void)page;
}
#endif

/* Without any parser: every tag is one of ours, opened and closed in order. */
static void
check_tags(const char *name, struct str page)
{
	struct str open[32] = { 0 };
	size_t depth = 0, at = 0;

	while (at < page.n) {
		struct str tag, word;
		size_t end;
		bool is_known = false;

		at += str_find(str_skip(page, at), '<');
		if (at >= page.n)
			break;
		end = at + str_find(str_skip(page, at), '>');
		tag = str_sub(page, at + 1, end - at - 1);
		at = end + 1;
		if (str_starts(tag, STR("!DOCTYPE html")))
			continue;
		if (str_starts(tag, STR("/"))) {
			check_true(name, "something is open", depth > 0);
			check_str(name, "closed element", str_skip(tag, 1), open[--depth]);
			continue;
		}
		word = str_sub(tag, 0, str_find(tag, ' '));
		for (size_t i = 0; i < ROWS(elements); i++)
			is_known = is_known || str_is(word, elements[i]);
		if (!is_known)
			fail_msg("%s: element \"%.*s\"", name, STR_ARG(tag));
		if (tag.p[tag.n - 1] == '/')
			continue;
		check_true(name, "depth", depth < ROWS(open));
		open[depth++] = word;
	}
	check_int(name, "open elements at the end", (long long)depth, 0);
}

static void
check_page(const char *name, struct str page)
{
	static const char *const never[] = { "<script", "javascript:<", "src=", "href=", "url(",
		"@import", " on", "<link", "<img", "<iframe" };

	check_true(name, "UTF-8", utf8_is_valid(page));
	check_tags(name, page);
	for (size_t i = 0; i < ROWS(never); i++) {
		const size_t at = str_find_str(page, str_of(never[i]));

		/* " on" and the like are words of text too: only inside of a tag do they count. */
		if (at < page.n && never[i][0] == '<')
			fail_msg("%s: %s", name, never[i]);
	}
	check_parsed(name, page);
}

static void
test_goldens(void **state)
{
	const struct report_input brief = { .is_brief = true, .look.columns = 78 };

	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++) {
		char name[64];
		struct session s;
		struct build b;
		struct buf out;

		stories[i].build(&b, &s);
		out = report_of(&s, FORMAT_HTML, NULL);
		check_page(stories[i].name, buf_str(&out));
		buf_release(&out);
		out = report_of(&s, FORMAT_HTML, &brief);
		check_page(stories[i].name, buf_str(&out));
		snprintf(name, sizeof(name), "html/%s-brief.html", stories[i].name);
		check_golden_file(name, buf_str(&out));
		buf_release(&out);
		session_release(&s);
	}
}

static void
test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++)
		for (size_t k = 0; k < ROWS(hostile); k++) {
			struct session s, bad;
			struct build b;
			struct buf out;

			stories[i].build(&b, &s);
			story_with_text(&s, hostile[k].text, &bad);
			out = report_of(&bad, FORMAT_HTML, NULL);
			check_page(hostile[k].name, buf_str(&out));
			buf_release(&out);
			session_release(&bad);
			session_release(&s);
		}
}

/* Light and dark by what the reader's system says; nothing may be loaded. */
static void
test_head(void **state)
{
	struct buf out = BUF_INIT(0);

	(void)state;
	html_page_begin("a <b> & \"c\"", &out);
	assert_true(str_find_str(buf_str(&out), STR("prefers-color-scheme: dark")) < out.n);
	assert_true(str_find_str(buf_str(&out), STR("default-src 'none'")) < out.n);
	assert_true(str_find_str(buf_str(&out),
			    STR("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>")) < out.n);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
