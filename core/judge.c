/* From a session to a judgement, in the order of rules.h. */
#include "core/planned.h"
#include "core/rules.h"

void
judge(const struct session *s, const struct judge_options *options, struct judgement *out)
{
	struct judging j = { .s = s, .options = options, .out = out };

	*out = (struct judgement){ .session = s };
	j.a = &out->arena;
	judge_facts(&j);
	judge_raise(&j);
	judge_stop(&j);
	out->planned = planned_judge(j.a, s, options);
	judge_find(&j);
	judge_verdict(&j);
}

void
judgement_release(struct judgement *j)
{
	if (j == NULL)
		return;
	planned_release(j->planned);
	arena_release(&j->arena);
	*j = (struct judgement){ 0 };
}
